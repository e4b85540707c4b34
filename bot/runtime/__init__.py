"""The running program: start, stop, clock, standby."""
