"""The only way from a page to figures: the build CURRENT names, opened once, every answer kept by build.

Each cached function takes the build and plain values, never a reader: a new build is a new key, so it
is seen on the next rerun and nothing is ever cleared.
"""
