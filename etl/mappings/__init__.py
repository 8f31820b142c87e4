"""How a foreign log becomes our rows: the mapping, its file, its rows."""
