"""Many rows into a brand's table at once: COPY into a temporary table, then one INSERT, since Postgres takes no COPY
into a table under row-level security.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection


def copy_rows(table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]], *, unique: Sequence[str] = ()) -> int:
    """Inserts rows in their order, inside the current transaction; returns how many came in.

    Where `unique` names the columns of a unique constraint, rows that the table has already are left out.
    """
    listed = ", ".join(f'"{column}"' for column in columns)
    conflict = f"ON CONFLICT ({', '.join(unique)}) DO NOTHING" if unique else ""
    count = 0
    with connection.cursor() as cursor:
        cursor.execute(f'CREATE TEMPORARY TABLE incoming ON COMMIT DROP AS SELECT {listed} FROM "{table}" WITH NO DATA')
        with cursor.copy(f"COPY incoming ({listed}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
                count += 1
        cursor.execute(f'INSERT INTO "{table}" ({listed}) SELECT {listed} FROM incoming {conflict}')
        cursor.execute("DROP TABLE incoming")
    return count
