"""Simulated reporting: what units of any campaign might plausibly hand in, for demonstration and tests.

Nothing here is data about a place. Sizes follow the campaign's own population figures; everything else
is drawn by chance from a seed, so equal seeds give equal workbooks.
"""
