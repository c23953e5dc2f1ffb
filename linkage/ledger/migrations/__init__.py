"""Alembic's folder: env.py is run by it, versions/ holds one module per change of the tables."""
