"""Specifications of schedules: what recurs, networks of activities, and resources (chapter 8)."""
