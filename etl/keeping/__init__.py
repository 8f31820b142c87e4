"""Keeping data: backups of a store, a store made from one again, and workbooks as received purged on their schedule."""
