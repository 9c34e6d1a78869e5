"""Journeys through the pages in real Chromium."""
