"""Run, test and reset MessageHub on one machine, for the Makefile.

Only the standard library is used, because this runs before anything is installed.
"""
