"""What is secret, and nothing else: identities, the shared secret, key files."""
