// Lets couchbackup and couchrestore run against pouchdb-server, which never answers a _bulk_get for no documents, does not
// count deleted documents and does not say how many changes are left. What is measured is left as it is.
'use strict';
const { CloudantV1 } = require(process.env.COUCHBACKUP_SDK);
const before = (name, change) => {
  const original = CloudantV1.prototype[name];
  CloudantV1.prototype[name] = function (...all) {
    return change(() => original.apply(this, all), all[0]);
  };
};
before('postBulkGet', (go, params) => (params.docs.length === 0 ? Promise.resolve({ result: { results: [] } }) : go()));
before('getDatabaseInformation', async (go) => {
  const answer = await go();
  answer.result.docDelCount ??= 0;
  return answer;
});
before('postChanges', async (go, params) => {
  const answer = await go();
  answer.result.pending ??= answer.result.results.length < params.limit ? 0 : 1;
  return answer;
});
