"""How a workbook is made: styles, layout, cells, notes, instructions, marks."""
