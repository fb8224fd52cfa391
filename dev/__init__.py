"""`make run`, `make test` and `make reset`: everything they need on one machine.

The standard library alone: this runs before anything is installed.
"""
