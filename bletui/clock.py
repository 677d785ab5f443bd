"""Wall and monotonic time as a value that tests replace."""
