# All GKE clusters of an organisation, archived in one project, attested from another, ledger in Cloud Storage.

provider "google" {
  region = "europe-west3"
}

module "archive" {
  source         = "../../modules/archive"
  project        = "example-logs"
  bucket         = "example-gke-audit"
  location       = "EU"
  source_scope   = "organizations/123456789012"
  retention_days = 400
  lock           = false # true once the first objects arrive: from then on nobody can shorten it
}

module "dayseal" {
  source          = "../.."
  project         = "example-dayseal"
  region          = "europe-west3"
  scope           = "organizations/123456789012"
  organization_id = "123456789012"
  archive_buckets = [module.archive.bucket]
  ledger          = "gcs"
  lookup_members  = ["group:auditors@example.com"]
  lock            = false # true once the ledger is founded, and for good
  # source_zip    = "../../../../build/functions-gcp.zip" # second step: see docs/guides/gcp.md
}

output "dayseal" {
  value = module.dayseal
}
