"""Exports of the real world to the input tables: read, mapped, typed, with everything that is lost counted."""
