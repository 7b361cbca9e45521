# Who may do what, with Google's provider played by Terraform: nothing is created.

mock_provider "google" {}

variables {
  project         = "example-dayseal"
  region          = "europe-west3"
  scope           = "organizations/123456789012"
  organization_id = "123456789012"
  archive_buckets = ["example-gke-audit"]
  ledger          = "gcs"
  source_zip      = "versions.tf" # any file
}

run "an_organisation_is_read_with_a_role_of_its_own" {
  assert {
    condition     = alltrue([for p in google_organization_iam_custom_role.reader[0].permissions : can(regex("[.](list|get|getIamPolicy|searchAllResources)$", p))])
    error_message = "the reader's role holds more than reading"
  }
  assert {
    condition     = toset(keys(google_organization_iam_member.reader)) == toset(["attestor", "pulse"])
    error_message = "somebody else reads the organisation"
  }
  assert {
    condition     = length(google_project_iam_member.reader) == 0
    error_message = "the reader's role is bound to a project, too"
  }
}

run "only_the_recorder_writes_into_the_ledger_and_replaces_two_objects" {
  assert {
    condition     = [for name, grant in google_storage_bucket_iam_member.ledger : name if grant.role == google_project_iam_custom_role.store_writer.id] == ["recorder"]
    error_message = "somebody but the recorder writes into the ledger"
  }
  assert {
    condition     = alltrue([for grant in google_storage_bucket_iam_member.replaced : length(grant.condition) == 1])
    error_message = "the right to replace is not bound to an object's name"
  }
  assert {
    condition     = alltrue([for grant in google_storage_bucket_iam_member.replaced : grant.bucket == google_storage_bucket.store["guard"].name])
    error_message = "something in the ledger's own bucket could be replaced"
  }
  assert {
    condition     = google_storage_bucket_iam_member.extender[0].member == "serviceAccount:${google_service_account.dayseal["extender"].email}" && toset(google_project_iam_custom_role.extender.permissions) == toset(["storage.buckets.get", "storage.buckets.update"])
    error_message = "somebody else changes the ledger's bucket, or more of it"
  }
  assert {
    condition     = alltrue([for name, bucket in google_storage_bucket.store : bucket.public_access_prevention == "enforced" && bucket.uniform_bucket_level_access])
    error_message = "a store could become public"
  }
}

run "keys_sign_and_each_has_one_signer" {
  assert {
    condition     = { for name, key in google_kms_crypto_key.dayseal : name => key.version_template[0].algorithm } == { attestor = "EC_SIGN_P256_SHA256", log = "EC_SIGN_ED25519" }
    error_message = "a key has another algorithm"
  }
  assert {
    condition     = google_kms_crypto_key_iam_member.signer["attestor"].member == "serviceAccount:${google_service_account.dayseal["attestor"].email}"
    error_message = "the attestor's key has another signer"
  }
}

run "a_project_has_no_right_above_it" {
  variables {
    scope           = "projects/example-prod"
    organization_id = null
  }
  assert {
    condition     = length(setintersection(google_project_iam_custom_role.reader[0].permissions, local.above_projects)) == 0
    error_message = "a project's role names permissions that it cannot hold"
  }
  assert {
    condition     = length(google_organization_iam_member.reader) + length(google_folder_iam_member.reader) == 0
    error_message = "the reader's role is bound above the project"
  }
}

run "a_folder_is_read_with_the_organisation_s_role" {
  variables {
    scope = "folders/42"
  }
  assert {
    condition     = alltrue([for grant in google_folder_iam_member.reader : grant.folder == "folders/42"])
    error_message = "the reader's role is bound elsewhere"
  }
}

run "the_ledger_is_retained_and_locked_when_it_is_said" {
  assert {
    condition     = google_storage_bucket.ledger[0].retention_policy[0].retention_period == 731 * 86400 && !google_storage_bucket.ledger[0].retention_policy[0].is_locked
    error_message = "a first try could not be taken back, or keeps nothing"
  }
}

run "locked_for_good" {
  variables {
    lock = true
  }
  assert {
    condition     = google_storage_bucket.ledger[0].retention_policy[0].is_locked
    error_message = "whoever administers the project could delete the ledger"
  }
  assert {
    condition     = google_storage_bucket.store["details"].retention_policy[0].is_locked
    error_message = "details could go before their term"
  }
}
