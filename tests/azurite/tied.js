// Loaded before Azurite: ends it when the tests that started it are gone, however they ended.
process.stdin.on("end", () => process.exit()).resume().unref();
