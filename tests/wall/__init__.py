"""The wall between brands, walked: every address, table, policy, function, task and trace that exists."""
