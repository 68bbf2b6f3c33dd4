-- 变更表：记下一张表里哪些行有变动，代理程序据此读取新增、修改和删除。由数据库所有者执行一次：
-- Which rows of a table have changed, for the office agent: additions, changes and deletions, in an order in which none
-- is missed. Run once by the owner of the database; then say for each table who reads its changes:
--
--   psql -v ON_ERROR_STOP=1 -f change-table.sql DATABASE
--   SELECT sanling.watch('desk.hazards', 'sanling_reader');                      -- or, so that the agent hears at once:
--   SELECT sanling.watch('desk.hazards', 'sanling_reader', 'sanling_hazards');   -- listen: sanling_hazards
--   SELECT sanling.watch('desk.hazards', 'sanling_reader', key => ARRAY['hazard_no']);
--
-- watch makes the table sanling.hazards_change with the key of each changed row, never its content; two triggers on the
-- table fill it, in the transaction that makes the change. `key` are columns that are unique together, never NULL and
-- have an index; default: the primary key. Where they are those of the mapping's `key`, the report names rows that were
-- deleted; with others it only counts them. What is in the table already counts as a change each.
-- The table is locked for writers until the transaction of `watch` has ended.
--
--   txid       the number of the transaction that made the change
--   number     within it, in order
--   operation  I insert, U update, D delete (also: the row's key became another), T the whole table was emptied
--
-- The agent reads (txid, number) upwards, and only below the oldest transaction that is still open
-- (txid_snapshot_xmin): below it no change can appear any more. So a transaction that commits late is waited for, and
-- one that is never ended holds up the reading: the agent's report says so after ten minutes.
--
--   SELECT sanling.tidy('desk.hazards');     -- drops changes of rows that changed again later: at any time, safe
--   SELECT sanling.unwatch('desk.hazards');  -- takes triggers and change table away
--
-- Numbers of transactions do not survive a dump: after restoring one, unwatch and watch again. The agent then reads all
-- once more, which sends nothing twice.
CREATE SCHEMA IF NOT EXISTS sanling;

CREATE OR REPLACE FUNCTION sanling.change_table(source regclass) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT format('sanling.%I', relname || '_change') FROM pg_catalog.pg_class WHERE oid = source
$$;

CREATE OR REPLACE FUNCTION sanling.primary_key(source regclass) RETURNS name[] LANGUAGE sql STABLE AS $$
    SELECT array_agg(attname ORDER BY array_position(indkey::smallint[], attnum))
    FROM pg_catalog.pg_index JOIN pg_catalog.pg_attribute ON attrelid = indrelid AND attnum = ANY (indkey)
    WHERE indrelid = source AND indisprimary
$$;

-- The columns' names, each behind `prefix`, with commas.
CREATE OR REPLACE FUNCTION sanling.columns(names name[], prefix text DEFAULT '') RETURNS text
LANGUAGE sql IMMUTABLE AS $$
    SELECT string_agg(prefix || quote_ident(name), ', ' ORDER BY place) FROM unnest(names) WITH ORDINALITY AS n(name, place)
$$;

CREATE OR REPLACE FUNCTION sanling.watch(source regclass, reader name, channel text DEFAULT NULL,
                                         key name[] DEFAULT NULL) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    changes text := sanling.change_table(source);
    named name[] := coalesce(key, sanling.primary_key(source));
    keys text := sanling.columns(named);
    note text := (SELECT format('sanling.%I', relname || '_note') FROM pg_catalog.pg_class WHERE oid = source);
BEGIN
    IF keys IS NULL THEN
        RAISE EXCEPTION '% has no primary key: say which columns name a row', source;
    END IF;
    EXECUTE format('CREATE TABLE %s AS SELECT %s FROM %s WITH NO DATA', changes, keys, source);
    EXECUTE format('ALTER TABLE %s ADD COLUMN txid bigint NOT NULL DEFAULT txid_current(),'
                   ' ADD COLUMN number bigserial, ADD COLUMN operation "char" NOT NULL,'
                   ' ADD PRIMARY KEY (txid, number)', changes);
    -- Whoever may change the table need have no right on its changes.
    EXECUTE format($function$
        CREATE FUNCTION %1$s() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $body$
        BEGIN
            IF TG_OP = 'TRUNCATE' THEN
                INSERT INTO %2$s (operation) VALUES ('T');
            ELSIF TG_OP = 'DELETE' THEN
                INSERT INTO %2$s (%3$s, operation) VALUES (%4$s, 'D');
            ELSIF TG_OP = 'INSERT' THEN
                INSERT INTO %2$s (%3$s, operation) VALUES (%5$s, 'I');
            ELSE
                IF ROW(%4$s) IS DISTINCT FROM ROW(%5$s) THEN
                    INSERT INTO %2$s (%3$s, operation) VALUES (%4$s, 'D');
                END IF;
                INSERT INTO %2$s (%3$s, operation) VALUES (%5$s, 'U');
            END IF;
            %6$s
            RETURN NULL;
        END $body$
        $function$, note, changes, keys, sanling.columns(named, 'OLD.'), sanling.columns(named, 'NEW.'),
        CASE WHEN channel IS NULL THEN '' ELSE format('PERFORM pg_notify(%L, '''');', channel) END);
    EXECUTE format('CREATE TRIGGER sanling_rows AFTER INSERT OR UPDATE OR DELETE ON %s'
                   ' FOR EACH ROW EXECUTE PROCEDURE %s()', source, note);
    EXECUTE format('CREATE TRIGGER sanling_all AFTER TRUNCATE ON %s'
                   ' FOR EACH STATEMENT EXECUTE PROCEDURE %s()', source, note);
    EXECUTE format('INSERT INTO %s (%s, operation) SELECT %s, ''I'' FROM %s', changes, keys, keys, source);
    EXECUTE format('REVOKE ALL ON %s FROM PUBLIC', changes);
    EXECUTE format('GRANT USAGE ON SCHEMA sanling TO %I', reader);
    EXECUTE format('GRANT SELECT ON %s, %s TO %I', changes, source, reader);
    RETURN changes;
END $$;

CREATE OR REPLACE FUNCTION sanling.tidy(source regclass) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    changes text := sanling.change_table(source);
    named name[] := (SELECT array_agg(attname) FROM pg_catalog.pg_attribute WHERE attrelid = changes::regclass
                     AND attnum > 0 AND NOT attisdropped AND attname NOT IN ('txid', 'number', 'operation'));
    dropped bigint;
BEGIN
    EXECUTE format('DELETE FROM %1$s AS earlier USING %1$s AS later WHERE ROW(%2$s) = ROW(%3$s)'
                   ' AND (later.txid, later.number) > (earlier.txid, earlier.number)', changes,
                   sanling.columns(named, 'earlier.'), sanling.columns(named, 'later.'));
    GET DIAGNOSTICS dropped = ROW_COUNT;
    RETURN dropped;
END $$;

CREATE OR REPLACE FUNCTION sanling.unwatch(source regclass) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    changes text := sanling.change_table(source);
    note regprocedure := (SELECT tgfoid FROM pg_catalog.pg_trigger WHERE tgrelid = source AND tgname = 'sanling_rows');
BEGIN
    EXECUTE format('DROP TRIGGER IF EXISTS sanling_rows ON %s', source);
    EXECUTE format('DROP TRIGGER IF EXISTS sanling_all ON %s', source);
    EXECUTE format('DROP TABLE IF EXISTS %s', changes);
    IF note IS NOT NULL THEN
        EXECUTE format('DROP FUNCTION %s', note);
    END IF;
END $$;
