"""What each kind of measure tells: from released counts to drafts of rows, a module for each family."""
