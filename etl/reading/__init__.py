"""How a received file is taken apart: container, parts, sheets, cells; and tables of text."""
