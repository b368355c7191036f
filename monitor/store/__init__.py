"""What we know, in one SQLite file. `sqlite.SqliteStore` is the store, `queries` are what the commands ask of it."""
