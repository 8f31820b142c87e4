"""What a page may do beyond showing: every function takes a Principal, asks for a permission and is audited."""
