# What runs, when, and who may start it.

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
  ledger          = "gcs"
  source_zip      = "versions.tf" # any file
}

run "a_native_ledger_has_a_recorder" {
  assert {
    condition     = toset(keys(google_cloud_scheduler_job.dayseal)) == toset(["attest", "extend", "pulse", "record", "reverify", "roll-call"])
    error_message = "other functions run by the clock"
  }
  assert {
    condition     = alltrue([for job in google_cloud_scheduler_job.dayseal : job.http_target[0].oidc_token[0].service_account_email == google_service_account.dayseal["scheduler"].email])
    error_message = "a job does not say who it is"
  }
  assert {
    condition     = alltrue([for grant in google_cloud_run_service_iam_member.scheduler : grant.role == "roles/run.invoker" && grant.member == "serviceAccount:${google_service_account.dayseal["scheduler"].email}"])
    error_message = "somebody but the scheduler may start what is scheduled"
  }
  assert {
    condition     = alltrue([for function in google_cloudfunctions2_function.dayseal : function.build_config[0].runtime == "python313"])
    error_message = "another Python"
  }
  assert {
    condition     = google_cloudfunctions2_function.dayseal["record"].service_config[0].max_instance_count == 1
    error_message = "two recorders could run at once"
  }
  assert {
    condition     = length(google_cloud_run_service_iam_member.lookup) == 0 && !contains(keys(google_cloudfunctions2_function.dayseal), "lookup")
    error_message = "there is a look-up that nobody asked for"
  }
  assert {
    condition     = google_cloudfunctions2_function.dayseal["record"].service_config[0].environment_variables["DAYSEAL_CHECKPOINT"] == "gs://${google_storage_bucket.store["guard"].name}/published/"
    error_message = "the checkpoint would lie where nothing can be replaced"
  }
  assert {
    condition     = google_cloudfunctions2_function.dayseal["extend"].service_config[0].service_account_email == google_service_account.dayseal["extender"].email && google_cloudfunctions2_function.dayseal["reverify"].service_config[0].environment_variables["DAYSEAL_REVERIFY_BYTES"] == "21474836480"
    error_message = "a function has another's account, or no budget"
  }
}

run "auditors_may_ask_when_they_are_named" {
  variables {
    lookup_members = ["group:auditors@example.com"]
  }
  assert {
    condition     = google_cloud_run_service_iam_member.lookup["lookup group:auditors@example.com"].role == "roles/run.invoker"
    error_message = "auditors may not ask"
  }
}

run "audit_events_have_a_function_and_people_of_their_own" {
  variables {
    lookup_members = ["group:auditors@example.com"]
    events_members = ["group:investigators@example.com"]
  }
  assert {
    condition     = toset(keys(google_cloud_run_service_iam_member.lookup)) == toset(["lookup group:auditors@example.com", "events group:investigators@example.com"])
    error_message = "auditors get audit events, or nobody does"
  }
  assert {
    condition     = google_cloud_run_service_iam_member.caller[0].member == "serviceAccount:${google_service_account.dayseal["caller"].email}"
    error_message = "somebody but the queue starts evidence"
  }
  assert {
    condition     = alltrue([for name, grant in google_service_account_iam_member.link_maker : grant.service_account_id == google_service_account.dayseal[name].name && grant.member == "serviceAccount:${google_service_account.dayseal[name].email}"])
    error_message = "a look-up signs in another's name"
  }
  assert {
    condition     = google_storage_bucket.store["evidence"].soft_delete_policy[0].retention_duration_seconds == 0 && google_storage_bucket.store["evidence"].lifecycle_rule[0].condition[0].age == 7
    error_message = "bundles stay longer than is said"
  }
  assert {
    condition     = contains(keys(google_storage_bucket_iam_member.archive), "example-gke-audit evidence")
    error_message = "evidence with events cannot read them"
  }
}

run "without_events_nobody_who_makes_evidence_reads_the_archive" {
  variables {
    lookup_members = ["group:auditors@example.com"]
  }
  assert {
    condition     = !contains(keys(google_storage_bucket_iam_member.archive), "example-gke-audit evidence") && !contains(keys(google_cloudfunctions2_function.dayseal), "events")
    error_message = "statements need no audit events"
  }
}

run "before_the_source_is_built_nothing_runs" {
  variables {
    source_zip = null
  }
  assert {
    condition     = length(google_cloudfunctions2_function.dayseal) == 0 && length(google_kms_crypto_key.dayseal) == 2
    error_message = "the first step makes keys and no functions"
  }
}

run "a_missing_roll_call_rings" {
  assert {
    condition     = length(google_monitoring_alert_policy.roll_call.conditions) == 2
    error_message = "either the age or the silence is not looked at"
  }
  assert {
    condition     = google_monitoring_alert_policy.reverification.conditions[0].condition_threshold[0].evaluation_missing_data == "EVALUATION_MISSING_DATA_ACTIVE"
    error_message = "a re-verification that nobody speaks of is taken for good"
  }
}
