"""`/api/v1`: the record for programs, read only. `resources.py` says what there is, the rest follows from it."""
