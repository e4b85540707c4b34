"""Strangers who always have six unanswered questions during a broadcast: digests a second, and how long answers wait.

Time is simulated, the limiter is the real one with Telegram's real limits. The goals are 15 digests a second whatever
strangers do, and answers that come as soon as their chats' own limits let them.
"""

from __future__ import annotations

from fakes.simulated_time import in_simulated_time
from fakes.talkers import broadcast_among

TALKERS = (0, 1, 5, 10, 30)
SECONDS = 60.0


def main() -> None:
    print("talkers  digests/s  answers/s  longest between two answers of a talker  longest wait of a visitor")
    for talkers in TALKERS:
        talk = in_simulated_time(broadcast_among(talkers, seconds=SECONDS, visitors_every=1.7))
        visitors = [after for _, chat, after in talk.answers if chat > talkers]
        gap = max((talk.longest_gap(chat) for chat in range(1, talkers + 1)), default=0.0)
        answers = (len(talk.answers) - len(visitors)) / SECONDS
        print(f"{talkers:7}  {talk.digests_per_second:9.1f}  {answers:9.1f}  {gap:38.2f} s  {max(visitors):23.2f} s")


if __name__ == "__main__":
    main()
