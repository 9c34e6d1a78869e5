"""Template pieces of jobs."""
