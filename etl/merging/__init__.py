"""How several workbooks become one: what each holds, how cells, rows and declarations meet."""
