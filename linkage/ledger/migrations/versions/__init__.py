"""One module per version of the ledger, r0001 first. A version that has been published is never edited."""
