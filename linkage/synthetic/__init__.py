"""Made-up people and registers, for the demo and the tests. No real identity number is ever made."""
