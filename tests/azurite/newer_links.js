// Loaded before Azurite 3.35, which knows what a user delegation SAS signs up to version 2025-07-05. Since 2026-04-06 that
// has two more lines, the signed request headers and query parameters, empty for links of ours.
const crypto = require("node:crypto");
const path = require("node:path");
const signing = require(path.join(path.dirname(process.argv[1]), "authentication", "IBlobSASSignatureValues.js"));
const known = signing.generateBlobSASSignatureWithUDK;
const AFTER_ENCRYPTION_SCOPE = 21;

signing.generateBlobSASSignatureWithUDK = (values, resource, account, key) => {
  const [signature, text] = known(values, resource, account, key);
  if (values.version < "2026-04-06") return [signature, text];
  const lines = text.split("\n");
  lines.splice(AFTER_ENCRYPTION_SCOPE, 0, "", "");
  const longer = lines.join("\n");
  return [crypto.createHmac("sha256", key).update(longer, "utf8").digest("base64"), longer];
};
