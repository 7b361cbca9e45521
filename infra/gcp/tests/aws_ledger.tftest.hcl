# A ledger in AWS, reached by identity: nothing of it lies here.

mock_provider "google" {
  mock_resource "google_cloudfunctions2_function" {
    defaults = {
      service_config = { uri = "https://function.example.run.app" }
    }
  }
}

variables {
  project         = "example-dayseal"
  region          = "europe-west3"
  scope           = "organizations/123456789012"
  organization_id = "123456789012"
  archive_buckets = ["example-gke-audit"]
  source_zip      = "versions.tf" # any file
  ledger          = "s3"
  aws_roles = {
    attestor = "arn:aws:iam::111122223333:role/dayseal-gcp-attestor"
    reader   = "arn:aws:iam::111122223333:role/dayseal-gcp-reader"
  }
}

run "a_ledger_in_aws_has_none_here_and_is_reached_by_identity" {
  assert {
    condition     = toset(keys(google_cloudfunctions2_function.dayseal)) == toset(["attest", "pulse", "reverify"])
    error_message = "a recorder runs in two clouds"
  }
  assert {
    condition     = google_cloudfunctions2_function.dayseal["attest"].service_config[0].environment_variables["DAYSEAL_AWS_ROLE"] == var.aws_roles.attestor && google_cloudfunctions2_function.dayseal["pulse"].service_config[0].environment_variables["DAYSEAL_AWS_ROLE"] == var.aws_roles.reader
    error_message = "a function has another's role"
  }
  assert {
    condition     = alltrue([for statement in jsondecode(output.aws_trust_policies.attestor).Statement : toset(keys(statement.Condition.StringEquals)) == toset(["accounts.google.com:aud", "accounts.google.com:oaud", "accounts.google.com:sub"])])
    error_message = "the role would trust more than one service account"
  }
  assert {
    condition     = output.federation.ReaderIdentities == google_service_account.dayseal["pulse"].unique_id && output.federation.AttestorIdentity == google_service_account.dayseal["attestor"].unique_id
    error_message = "the stack in AWS would trust others"
  }
  assert {
    condition     = length(google_storage_bucket.ledger) == 0 && keys(google_kms_crypto_key.dayseal) == ["attestor"] && keys(google_storage_bucket.store) == ["details"]
    error_message = "there are keys or stores that nobody uses"
  }
}
