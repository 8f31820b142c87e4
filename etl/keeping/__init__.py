"""Keeping data: backups of a store and a store made from one again."""
