"""Long work: the Job row in Postgres is the truth, the message only says where to look."""
