# The archive module: whoever is the source, the sink's own identity may create objects, and the retention is firm.

mock_provider "google" {}

variables {
  project      = "example-logs"
  bucket       = "example-gke-audit"
  location     = "EU"
  source_scope = "organizations/123456789012"
  lock         = true
}

run "an_organisation_with_everything_below_it" {
  module {
    source = "./modules/archive"
  }
  assert {
    condition     = google_logging_organization_sink.archive[0].include_children
    error_message = "projects of the organisation are left out"
  }
  assert {
    condition     = google_storage_bucket.archive.retention_policy[0].is_locked && google_storage_bucket.archive.retention_policy[0].retention_period == 400 * 86400
    error_message = "the retention is not locked for its term"
  }
  assert {
    condition     = google_storage_bucket_iam_member.writer.member == google_logging_organization_sink.archive[0].writer_identity && google_storage_bucket_iam_member.writer.role == "roles/storage.objectCreator"
    error_message = "the sink cannot write, or may do more"
  }
}

run "a_folder" {
  module {
    source = "./modules/archive"
  }
  variables {
    source_scope = "folders/42"
  }
  assert {
    condition     = google_logging_folder_sink.archive[0].include_children && length(google_logging_organization_sink.archive) == 0
    error_message = "another sink"
  }
}

run "a_project_has_a_writer_of_its_own" {
  module {
    source = "./modules/archive"
  }
  variables {
    source_scope = "projects/example-prod"
  }
  assert {
    condition     = google_logging_project_sink.archive[0].unique_writer_identity
    error_message = "the sink would write as everybody's"
  }
}

run "deletion_before_the_term_is_refused" {
  command = plan
  module {
    source = "./modules/archive"
  }
  variables {
    delete_after_days = 30
  }
  expect_failures = [var.delete_after_days]
}

run "the_example_fits_together" {
  command = plan
  module {
    source = "./examples/organization"
  }
}
