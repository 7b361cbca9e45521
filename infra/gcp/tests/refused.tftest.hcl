# What makes no sense is refused before anything is made.

mock_provider "google" {}

variables {
  project         = "example-dayseal"
  region          = "europe-west3"
  scope           = "organizations/123456789012"
  organization_id = "123456789012"
  archive_buckets = ["example-gke-audit"]
  ledger          = "gcs"
}

run "an_organisation_by_name" {
  command = plan
  variables {
    scope = "organizations/example.com"
  }
  expect_failures = [var.scope]
}

run "a_folder_without_its_organisation" {
  command = plan
  variables {
    scope           = "folders/42"
    organization_id = null
  }
  expect_failures = [var.organization_id]
}

run "a_look_up_for_everybody" {
  command = plan
  variables {
    lookup_members = ["allUsers"]
  }
  expect_failures = [var.lookup_members]
}

run "a_ledger_in_aws_without_roles" {
  command = plan
  variables {
    ledger = "s3"
  }
  expect_failures = [var.aws_roles]
}

run "no_archive" {
  command = plan
  variables {
    archive_buckets = []
  }
  expect_failures = [var.archive_buckets]
}

run "a_run_longer_than_the_scheduler_waits" {
  command = plan
  variables {
    run_timeout_seconds = 3600
  }
  expect_failures = [var.run_timeout_seconds]
}
