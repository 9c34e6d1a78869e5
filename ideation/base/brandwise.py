"""For migrations of data: brand after brand, each inside its own rows, since the wall binds the owner role too."""

import uuid
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any


def each_brand(connection: Any) -> Iterator[uuid.UUID]:
    """Every brand's id; while it is being looked at, the migration's transaction sees that brand's rows."""
    with connection.cursor() as cursor:
        # The owner may act as the role that reads brands' ids across the wall, for this one list.
        cursor.execute("SET LOCAL ROLE ideation_system")
        cursor.execute("SELECT id FROM accounts_brand")
        brands = [row[0] for row in cursor.fetchall()]
        cursor.execute("RESET ROLE")
        for brand in brands:
            cursor.execute("SELECT set_config('ideation.brand', %s, true)", [str(brand)])
            yield brand
        cursor.execute("SELECT set_config('ideation.brand', '', true)")


def update_rows(connection: Any, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """Sets these columns of many rows, each given as (id, value, …), in one statement; returns how many."""
    listed = ", ".join(f'"{column}"' for column in columns)
    changes = ", ".join(f'"{column}" = changed."{column}"' for column in columns)
    count, rows = 0, iter(rows)
    with connection.cursor() as cursor:
        cursor.execute(
            f'CREATE TEMPORARY TABLE changed ON COMMIT DROP AS SELECT id, {listed} FROM "{table}" WITH NO DATA'
        )
        # Read, then written: a connection that copies in can't be read from.
        while batch := list(islice(rows, 5000)):
            with cursor.copy(f"COPY changed (id, {listed}) FROM STDIN") as copy:
                for row in batch:
                    copy.write_row(row)
            count += len(batch)
        if count:
            cursor.execute(f'UPDATE "{table}" AS kept SET {changes} FROM changed WHERE kept.id = changed.id')
        cursor.execute("DROP TABLE changed")
    return count
