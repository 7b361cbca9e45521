output "bucket" {
  description = "The archive's bucket."
  value       = google_storage_bucket.archive.name
}

output "path" {
  description = "The archive, as [[archives]] in dayseal.toml names it."
  value       = "gs://${google_storage_bucket.archive.name}/"
}

output "writer_identity" {
  description = "Who writes there: the sink's own identity."
  value       = local.writer
}
