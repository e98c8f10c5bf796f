"""Tests that want a display, a toolkit, or the installed wheel; test.sh runs them."""
