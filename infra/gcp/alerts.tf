# Each function writes what it counted as a line of its log: {"metric": name, "value": number}.
resource "google_logging_metric" "count" {
  for_each        = toset(["RollCallAge", "ReverifyAge", "PulseClusters"])
  project         = var.project
  name            = "dayseal/${each.key}"
  filter          = "resource.type=\"cloud_run_revision\" jsonPayload.metric=\"${each.key}\""
  value_extractor = "EXTRACT(jsonPayload.value)"

  metric_descriptor {
    metric_kind = "DELTA"
    value_type  = "DISTRIBUTION"
  }
}

# The pulse reads the ledger every hour and says how long ago the newest day ended of which the roll was called.
resource "google_monitoring_alert_policy" "roll_call" {
  project               = var.project
  display_name          = "dayseal: no roll-call"
  combiner              = "OR"
  notification_channels = var.notification_channels

  conditions {
    display_name = "the newest roll-call is of a day that ended more than 50 hours ago"
    condition_threshold {
      filter          = "resource.type = \"cloud_run_revision\" AND metric.type = \"logging.googleapis.com/user/${google_logging_metric.count["RollCallAge"].name}\""
      comparison      = "COMPARISON_GT"
      threshold_value = 50 * 3600
      duration        = "0s"
      aggregations {
        alignment_period   = "7200s"
        per_series_aligner = "ALIGN_PERCENTILE_99"
      }
    }
  }

  conditions {
    display_name = "nobody has asked for three hours"
    condition_absent {
      filter   = "resource.type = \"cloud_run_revision\" AND metric.type = \"logging.googleapis.com/user/${google_logging_metric.count["PulseClusters"].name}\""
      duration = "10800s"
      aggregations {
        alignment_period   = "3600s"
        per_series_aligner = "ALIGN_COUNT"
      }
    }
  }

  documentation {
    content = "No roll-call means that nobody counted which clusters' days are missing. `dayseal gaps` lists them; `dayseal doctor` names submissions that are in no checkpoint."
  }
}

# Cloud Monitoring hears of an absence for a day at most, so the pulse says how old the newest re-verification is; a pulse
# that says nothing rings above.
resource "google_monitoring_alert_policy" "reverification" {
  project               = var.project
  display_name          = "dayseal: nothing was read again"
  combiner              = "OR"
  notification_channels = var.notification_channels

  conditions {
    display_name = "recorded objects were last read again more than eight days ago"
    condition_threshold {
      filter                  = "resource.type = \"cloud_run_revision\" AND metric.type = \"logging.googleapis.com/user/${google_logging_metric.count["ReverifyAge"].name}\""
      comparison              = "COMPARISON_GT"
      threshold_value         = 8 * 86400
      duration                = "0s"
      evaluation_missing_data = "EVALUATION_MISSING_DATA_ACTIVE"
      aggregations {
        alignment_period   = "7200s"
        per_series_aligner = "ALIGN_PERCENTILE_99"
      }
    }
  }

  documentation {
    content = "A sample of what was sealed is read again every week: what changed or vanished since then would not be known. Look at the job dayseal-reverify."
  }
}

resource "google_monitoring_alert_policy" "failed" {
  project               = var.project
  display_name          = "dayseal: a check failed or could not be carried out"
  combiner              = "OR"
  notification_channels = var.notification_channels

  conditions {
    display_name = "a FAIL, an UNKNOWN, or a function that broke off"
    condition_matched_log {
      filter = "resource.type=\"cloud_run_revision\" resource.labels.service_name=~\"^dayseal-\" severity>=WARNING"
    }
  }

  alert_strategy {
    notification_rate_limit {
      period = "3600s"
    }
  }
}
