"""Read one shape of record a file: `claims` tells a record of it, `read` turns lines of it into rows."""
