"""The databases' own full-text indexes over `search_documents`, which they keep in step by themselves.

Words come ready from `segment.py`, so the plainest tokenizers are used: of SQLite's one every character beyond ASCII is
part of a word. Where in a column a word stands is not kept (`detail=column`): nobody asks, and it is half of the index.
"""

from __future__ import annotations

SQLITE = (
    (
        "CREATE VIRTUAL TABLE search_words USING fts5("
        "title, people, labels, texts, content='search_documents', content_rowid='id', tokenize='ascii', detail=column)"
    ),
    (
        "CREATE TRIGGER search_insert AFTER INSERT ON search_documents BEGIN "
        "INSERT INTO search_words(rowid, title, people, labels, texts) "
        "VALUES (new.id, new.title, new.people, new.labels, new.texts); END"
    ),
    (
        "CREATE TRIGGER search_delete AFTER DELETE ON search_documents BEGIN "
        "INSERT INTO search_words(search_words, rowid, title, people, labels, texts) "
        "VALUES ('delete', old.id, old.title, old.people, old.labels, old.texts); END"
    ),
    (
        "CREATE TRIGGER search_update AFTER UPDATE ON search_documents BEGIN "
        "INSERT INTO search_words(search_words, rowid, title, people, labels, texts) "
        "VALUES ('delete', old.id, old.title, old.people, old.labels, old.texts); "
        "INSERT INTO search_words(rowid, title, people, labels, texts) "
        "VALUES (new.id, new.title, new.people, new.labels, new.texts); END"
    ),
)
POSTGRESQL = (
    (
        "ALTER TABLE search_documents ADD COLUMN words tsvector GENERATED ALWAYS AS ("
        "setweight(to_tsvector('simple', title), 'A') || setweight(to_tsvector('simple', people), 'B') || "
        "setweight(to_tsvector('simple', labels), 'C') || setweight(to_tsvector('simple', texts), 'D')) STORED"
    ),
    "CREATE INDEX ix_search_documents_words ON search_documents USING gin (words)",
)
# A common word stands in half of all abstracts. Asked for by the weight of its place, PostgreSQL would read what is
# indexed of each of them, some 7 kB; so titles and authors have an index of their own. What is new goes into both at
# once: the list of what is still to be indexed was read by every search, for 100 ms.
POSTGRESQL_HEADS = (
    (
        "ALTER TABLE search_documents ADD COLUMN heads tsvector GENERATED ALWAYS AS ("
        "setweight(to_tsvector('simple', title), 'A') || setweight(to_tsvector('simple', people), 'B')) STORED"
    ),
    "CREATE INDEX ix_search_documents_heads ON search_documents USING gin (heads) WITH (fastupdate = off)",
    "ALTER INDEX ix_search_documents_words SET (fastupdate = off)",
    "SELECT gin_clean_pending_list('ix_search_documents_words')",
)
# The numbers of the newest papers with a common word are read from thousands of rows. With their texts in them those
# were 61 MB for 60,000 papers, now 10: 9 ms in place of 27. CLUSTER writes the rows that there are anew, 12 s for them.
POSTGRESQL_NARROW = (
    "ALTER TABLE search_documents SET (toast_tuple_target = 128)",
    "CLUSTER search_documents USING pk_search_documents",
    "ALTER TABLE search_documents SET WITHOUT CLUSTER",
)
