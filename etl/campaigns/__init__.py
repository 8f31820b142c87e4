"""What a campaign folder says: its facts, the files they are read from, units and their names, scorecards."""
