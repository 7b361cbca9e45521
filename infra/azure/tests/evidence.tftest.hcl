# Who starts evidence, who makes it, and how long it is kept.

mock_provider "azurerm" {
  mock_data "azurerm_client_config" {
    defaults = {
      tenant_id = "00000000-0000-0000-0000-00000000000a"
    }
  }
}

variables {
  name             = "dayexample"
  location         = "germanywestcentral"
  scopes           = ["/subscriptions/00000000-0000-0000-0000-000000000001"]
  archive_accounts = ["/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/archive/providers/Microsoft.Storage/storageAccounts/exampleaksaudit"]
  ledger           = "blob"
  lookup = {
    client_id = "00000000-0000-0000-0000-000000000003"
    groups    = ["00000000-0000-0000-0000-000000000004"]
  }
}

run "the_look_up_starts_and_another_app_makes" {
  assert {
    condition     = toset(keys(azurerm_function_app_flex_consumption.dayseal)) == toset(["attest", "pulse", "record", "lookup", "bundle"])
    error_message = "other apps run"
  }
  assert {
    condition     = azurerm_role_assignment.job_starter[0].principal_id == azurerm_user_assigned_identity.dayseal["lookup"].principal_id && alltrue([for grant in azurerm_role_assignment.job_taker : grant.principal_id == azurerm_user_assigned_identity.dayseal["bundle"].principal_id])
    error_message = "somebody else starts evidence, or takes its jobs"
  }
  assert {
    condition     = azurerm_role_definition.job_starter.permissions[0].data_actions == tolist(["Microsoft.Storage/storageAccounts/queueServices/queues/messages/add/action"])
    error_message = "who starts jobs may do more with them"
  }
  assert {
    condition     = toset(keys(azurerm_storage_queue.evidence)) == toset(["evidence", "evidence-poison"])
    error_message = "the host could not put aside what failed"
  }
  assert {
    condition     = azurerm_function_app_flex_consumption.dayseal["bundle"].app_settings["EvidenceJobs__clientId"] == azurerm_user_assigned_identity.dayseal["bundle"].client_id && azurerm_function_app_flex_consumption.dayseal["bundle"].app_settings["EvidenceJobs__credential"] == "managedidentity"
    error_message = "the host has no identity for the queue"
  }
  assert {
    condition     = alltrue([for name in ["lookup", "bundle"] : azurerm_function_app_flex_consumption.dayseal[name].app_settings["DAYSEAL_EVIDENCE"] == "az://dayexampleevidence/evidence/"])
    error_message = "they look for jobs in two places"
  }
}

run "nobody_reads_events_unless_a_role_is_named" {
  assert {
    condition     = azurerm_function_app_flex_consumption.dayseal["lookup"].app_settings["DAYSEAL_EVENTS_ROLE"] == ""
    error_message = "somebody may have events"
  }
  assert {
    condition     = [for grant in azurerm_role_assignment.archive : grant.principal_id if grant.principal_id == azurerm_user_assigned_identity.dayseal["bundle"].principal_id] == []
    error_message = "archives are read that nobody asks for"
  }
}

run "events_are_read_for_who_has_the_app_role" {
  variables {
    lookup = {
      client_id   = "00000000-0000-0000-0000-000000000003"
      groups      = ["00000000-0000-0000-0000-000000000004"]
      events_role = "Evidence.Events"
    }
  }
  assert {
    condition     = azurerm_function_app_flex_consumption.dayseal["lookup"].app_settings["DAYSEAL_EVENTS_ROLE"] == "Evidence.Events"
    error_message = "another role may have events"
  }
  assert {
    condition     = toset([for key in keys(azurerm_role_assignment.archive) : split(" ", key)[1]]) == toset(["attest", "pulse", "bundle"])
    error_message = "the archives cannot be read, or by whom they need not"
  }
}

run "links_are_signed_with_what_is_lent_and_bundles_are_forgotten" {
  assert {
    condition     = toset(keys(azurerm_role_assignment.link_maker)) == toset(["ledger", "evidence"]) && alltrue([for grant in azurerm_role_assignment.link_maker : grant.principal_id == azurerm_user_assigned_identity.dayseal["lookup"].principal_id])
    error_message = "somebody else makes links, or none are made"
  }
  assert {
    condition     = azurerm_role_definition.link_maker.permissions[0].actions == tolist(["Microsoft.Storage/storageAccounts/blobServices/generateUserDelegationKey/action"])
    error_message = "who makes links may do something else"
  }
  assert {
    condition     = azurerm_storage_management_policy.evidence[0].rule[0].actions[0].base_blob[0].delete_after_days_since_modification_greater_than == 7 && azurerm_storage_management_policy.evidence[0].storage_account_id == azurerm_storage_account.store["evidence"].id
    error_message = "bundles are kept for ever"
  }
  assert {
    condition     = length(azurerm_storage_account.store["evidence"].blob_properties[0].delete_retention_policy) == 0 && !azurerm_storage_account.store["evidence"].blob_properties[0].versioning_enabled && azurerm_storage_account.store["ledger"].blob_properties[0].delete_retention_policy[0].days == 90
    error_message = "what is forgotten is still there, or what must stay is not"
  }
  assert {
    condition     = [for key, role in local.store_roles : key if startswith(key, "ledger ") && role == azurerm_role_definition.store_writer.role_definition_resource_id] == ["ledger record"]
    error_message = "somebody but the recorder writes into the ledger"
  }
}

run "a_ledger_in_aws_has_its_bundles_here" {
  variables {
    ledger       = "s3"
    aws_audience = "api://dayseal-ledger"
    aws_roles = {
      attestor = "arn:aws:iam::111122223333:role/dayseal-federated-attestor"
      reader   = "arn:aws:iam::111122223333:role/dayseal-federated-reader"
    }
  }
  assert {
    condition     = toset(keys(azurerm_role_assignment.link_maker)) == toset(["evidence"])
    error_message = "links are made to a ledger that is not here"
  }
  assert {
    condition     = azurerm_function_app_flex_consumption.dayseal["bundle"].app_settings["DAYSEAL_AWS_ROLE"] == var.aws_roles.reader && strcontains(output.aws_federation.ReaderIdentities, azurerm_user_assigned_identity.dayseal["bundle"].principal_id)
    error_message = "the ledger cannot be read where bundles are made"
  }
}
