"""The SQL of an entity: one table of rows, one of counters. Knows no connection."""

from functools import cache

from mock_server.core.store.entities import Entity, Index


def create(entity: Entity) -> list[str]:
    """The statements that make an entity's tables.

    Columns are untyped, so that SQLite keeps each value as it is; an indexed property has a column of its own. The
    primary key is the table itself (WITHOUT ROWID), and index entries end with it: rows come by id from every index.
    """
    columns = ", ".join(["account", *map(quoted, columns_of(entity))])
    return [
        f"CREATE TABLE {quoted(entity.name)} ({columns}, PRIMARY KEY (account, id)) WITHOUT ROWID",
        f"CREATE TABLE {counters(entity)} (account, bucket, key, n, PRIMARY KEY (account, bucket, key)) WITHOUT ROWID",
        *(_create_index(entity, index) for index in (*entity.unique, *entity.buckets[1:])),
    ]


def columns_of(entity: Entity) -> list[str]:
    """The columns of an entity's rows: its fields, then its indexed properties, marked as such."""
    return [*entity.fields, *(column_of(entity, name) for name in entity.computed)]


def column_of(entity: Entity, name: str) -> str:
    return name if name in entity.fields else f"{name}()"


def counters(entity: Entity) -> str:
    return quoted(f"{entity.name} counts")


@cache
def insert(entity: Entity) -> str:
    columns = columns_of(entity)
    names = ", ".join(["account", *map(quoted, columns)])
    return f"INSERT INTO {quoted(entity.name)} ({names}) VALUES (?{', ?' * len(columns)})"  # noqa: S608 - quoted


@cache
def update(entity: Entity, names: tuple[str, ...]) -> str:
    values = ", ".join(f"{quoted(column_of(entity, name))} = ?" for name in names)
    return f"UPDATE {quoted(entity.name)} SET {values} WHERE account = ? AND id = ?"  # noqa: S608 - quoted


@cache
def delete(entity: Entity) -> str:
    return f"DELETE FROM {quoted(entity.name)} WHERE account = ? AND id = ?"  # noqa: S608 - quoted


@cache
def select(entity: Entity, names: tuple[str, ...], order: str, *, after: bool = False) -> str:
    """Rows whose values equal the parameters after the account, from an id on if `after`; then LIMIT and OFFSET."""
    fields = ", ".join(map(quoted, entity.fields))
    condition = _condition(entity, names) + " AND id > ?" * after
    return f"SELECT {fields} FROM {_source(entity, names)} WHERE {condition} ORDER BY id {order} LIMIT ? OFFSET ?"  # noqa: S608 - quoted


@cache
def count(entity: Entity, names: tuple[str, ...]) -> str:
    return f"SELECT count(*) FROM {_source(entity, names)} WHERE {_condition(entity, names)}"  # noqa: S608 - quoted


@cache
def counter(entity: Entity) -> str:
    return f"SELECT n FROM {counters(entity)} WHERE account = ? AND bucket = ? AND key = ?"  # noqa: S608 - quoted


@cache
def set_counter(entity: Entity) -> str:
    return f"INSERT OR REPLACE INTO {counters(entity)} VALUES (?, ?, ?, ?)"  # noqa: S608 - quoted


@cache
def add_to_counter(entity: Entity) -> str:
    return f"INSERT INTO {counters(entity)} VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET n = n + excluded.n"  # noqa: S608 - quoted


@cache
def drop_empty_counter(entity: Entity) -> str:
    return f"DELETE FROM {counters(entity)} WHERE account = ? AND bucket = ? AND key = ? AND n = 0"  # noqa: S608 - quoted


@cache
def clear(entity_name: str) -> str:
    return f"DELETE FROM {quoted(entity_name)} WHERE account = ?"  # noqa: S608 - quoted


@cache
def clear_counters(entity_name: str) -> str:
    return clear(f"{entity_name} counts")


@cache
def any_counter(entity_name: str) -> str:
    return f"SELECT 1 FROM {quoted(f'{entity_name} counts')} WHERE account = ? LIMIT 1"  # noqa: S608 - quoted


@cache
def holders(entity_name: str) -> str:
    return f"SELECT DISTINCT account FROM {quoted(entity_name)}"  # noqa: S608 - quoted


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _source(entity: Entity, names: tuple[str, ...]) -> str:
    """The table, with the index to use: left alone, SQLite prefers to walk the whole table in order of ids."""
    index = entity.plan(names, unique=True).index
    if "id" in names or not index.fields:
        return quoted(entity.name)
    return f"{quoted(entity.name)} INDEXED BY {_index_name(entity, index)}"


def _condition(entity: Entity, names: tuple[str, ...]) -> str:
    return " AND ".join(["account = ?", *(f"{quoted(column_of(entity, name))} IS ?" for name in names)])


def _create_index(entity: Entity, index: Index) -> str:
    columns = ", ".join(["account", *(quoted(column_of(entity, name)) for name in index.fields)])
    unique = "UNIQUE " * index.unique
    return f"CREATE {unique}INDEX {_index_name(entity, index)} ON {quoted(entity.name)} ({columns})"


def _index_name(entity: Entity, index: Index) -> str:
    return quoted(f"{entity.name} by {', '.join(index.fields)}{' once' * index.unique}")
