-- 只读账号：代理程序用它读本单位的数据库。由数据库所有者执行一次，再按下面的样子逐表授权。
-- The account with which the office agent reads. Run once by the owner of the database, then grant table by table:
--
--   psql -v ON_ERROR_STOP=1 -v reader=sanling_reader -f reader.sql DATABASE
--
-- It may connect and read what is granted to it, and change nothing: the agent asks for read-only transactions, too.
-- Give it a password with \password sanling_reader, or let it in through the socket by the name of the agent's account.
\if :{?reader}
\else
    \set reader sanling_reader
\endif

SELECT format('CREATE ROLE %I LOGIN', :'reader')
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'reader') \gexec

ALTER ROLE :"reader" NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION CONNECTION LIMIT 16;
ALTER ROLE :"reader" SET default_transaction_read_only = on;

-- For each table or view that the configuration names, and its schema where that is not `public`:
--
--   GRANT USAGE ON SCHEMA desk TO sanling_reader;
--   GRANT SELECT ON desk.hazards TO sanling_reader;
--
-- Only the columns that the mapping and the cursor name are asked for; columns with personal data can stay closed:
--
--   GRANT SELECT (hazard_no, unit_code, found_on, grade, status, changed_at, id) ON desk.hazards TO sanling_reader;
