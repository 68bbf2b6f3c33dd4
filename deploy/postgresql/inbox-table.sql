-- 收件表：中枢分发给本单位的记录，一行一条。由数据库所有者执行一次。
-- The inbox table: what the hub routes to this office, one record a row. Run once by the owner of the database:
--
--   psql -v ON_ERROR_STOP=1 -v agent=sanling_inbox_writer -f inbox-table.sql DATABASE
--
-- The agent's account may read and insert here, and nothing else: it can change or delete no row. Other readers get
-- SELECT from you. Rows come in the order of positions; a reader that remembers the highest position it has seen misses
-- none, for one agent alone writes, one statement after the other.
\if :{?agent}
\else
    \set agent sanling_inbox_writer
\endif

SELECT format('CREATE ROLE %I LOGIN', :'agent')
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'agent') \gexec

CREATE TABLE IF NOT EXISTS sanling_inbox (
    position    bigint      PRIMARY KEY,  -- in the hub's log
    recorded_at timestamptz NOT NULL,     -- by the hub's clock
    type        text        NOT NULL,     -- of the event, as in event.proto: PetitionRegistered; ? of a newer hub
    unit        text,                     -- the unit's code
    matter      text,
    office      text,                     -- who published it
    record      jsonb       NOT NULL      -- all of it, canonical JSON
);
COMMENT ON TABLE sanling_inbox IS '三零中枢收件：由代理程序写入，请勿修改 written by the office agent of Sanling Hub';

REVOKE ALL ON sanling_inbox FROM PUBLIC;
GRANT SELECT, INSERT ON sanling_inbox TO :"agent";
