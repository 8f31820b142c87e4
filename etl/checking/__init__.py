"""The steps of validation: cover, layout, cells, rows, units; values and the kinds of findings."""
