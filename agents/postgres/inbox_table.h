/* The part that keeps the office's inbox as rows of tables in the office's own PostgreSQL, one table for each entry of
 * kind `postgres` under `sinks:` (sinks_config.h; deploy/postgresql/inbox-table.sql makes the table).
 *
 * A record is acknowledged to the hub after the server said that its row is committed; what is delivered again meets
 * its own row and changes nothing. So each record is there once, whichever side is killed when. While the server is
 * away at most INBOX_TABLE_CREDIT records are held here, and the hub keeps the rest. A table that holds another hub's
 * records under the same positions is refused: nothing is acknowledged then. */
#ifndef SANLING_INBOX_TABLE_H
#define SANLING_INBOX_TABLE_H

#include "part.h"

enum { INBOX_TABLE_CREDIT = 256 };

part_open inbox_table_open;

#endif
