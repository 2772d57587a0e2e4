/* What is called of libpq: CALL(result, name, parameters, arguments). */
CALL(PGconn *, PQconnectStartParams, (const char *const *keywords, const char *const *values, int expand),
     (keywords, values, expand))
CALL(PostgresPollingStatusType, PQconnectPoll, (PGconn * connection), (connection))
CALL(void, PQfinish, (PGconn * connection), (connection))
CALL(ConnStatusType, PQstatus, (const PGconn *connection), (connection))
CALL(int, PQsocket, (const PGconn *connection), (connection))
CALL(char *, PQerrorMessage, (const PGconn *connection), (connection))
CALL(int, PQconnectionNeedsPassword, (const PGconn *connection), (connection))
CALL(PGVerbosity, PQsetErrorVerbosity, (PGconn * connection, PGVerbosity verbosity), (connection, verbosity))
CALL(PQnoticeProcessor, PQsetNoticeProcessor, (PGconn * connection, PQnoticeProcessor processor, void *context),
     (connection, processor, context))
CALL(int, PQsetnonblocking, (PGconn * connection, int on), (connection, on))
CALL(int, PQsendQueryParams,
     (PGconn * connection, const char *command, int count, const Oid *types, const char *const *values,
      const int *lengths, const int *formats, int format),
     (connection, command, count, types, values, lengths, formats, format))
CALL(int, PQflush, (PGconn * connection), (connection))
CALL(int, PQconsumeInput, (PGconn * connection), (connection))
CALL(int, PQisBusy, (PGconn * connection), (connection))
CALL(PGresult *, PQgetResult, (PGconn * connection), (connection))
CALL(ExecStatusType, PQresultStatus, (const PGresult *result), (result))
CALL(char *, PQresultErrorField, (const PGresult *result, int field), (result, field))
CALL(char *, PQresultErrorMessage, (const PGresult *result), (result))
CALL(int, PQntuples, (const PGresult *result), (result))
CALL(int, PQnfields, (const PGresult *result), (result))
CALL(char *, PQgetvalue, (const PGresult *result, int row, int column), (result, row, column))
CALL(int, PQgetisnull, (const PGresult *result, int row, int column), (result, row, column))
CALL(void, PQclear, (PGresult * result), (result))
