# Who may do what, with Azure's provider played by Terraform: nothing is created.

mock_provider "azurerm" {
  mock_data "azurerm_client_config" {
    defaults = {
      tenant_id = "00000000-0000-0000-0000-00000000000a"
      object_id = "00000000-0000-0000-0000-00000000000b"
    }
  }
}

variables {
  name     = "dayexample"
  location = "germanywestcentral"
  scopes = [
    "/providers/Microsoft.Management/managementGroups/example",
    "/subscriptions/00000000-0000-0000-0000-000000000001",
  ]
  archive_accounts = ["/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/archive/providers/Microsoft.Storage/storageAccounts/exampleaksaudit"]
  ledger           = "blob"
}

run "the_reader_reads_and_is_bound_to_each_scope" {
  assert {
    condition     = alltrue([for action in azurerm_role_definition.reader.permissions[0].actions : endswith(lower(action), "/read")])
    error_message = "the reader's role holds more than reading"
  }
  assert {
    condition     = length(azurerm_role_definition.reader.permissions[0].data_actions == null ? [] : azurerm_role_definition.reader.permissions[0].data_actions) == 0
    error_message = "a role of a management group cannot hold data actions"
  }
  assert {
    condition     = toset(keys(azurerm_role_assignment.reader)) == toset([for pair in setproduct(var.scopes, ["attest", "pulse"]) : "${pair[0]} ${pair[1]}"])
    error_message = "somebody else reads, or a scope is left out"
  }
  assert {
    condition     = azurerm_role_definition.archive_reader["/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/archive"].permissions[0].data_actions == tolist(["Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read"])
    error_message = "the archive's role holds more than reading blobs"
  }
}

run "only_the_recorder_writes_into_the_ledger" {
  assert {
    condition     = [for key, role in local.store_roles : key if startswith(key, "ledger ") && role == azurerm_role_definition.store_writer.role_definition_resource_id] == ["ledger record"]
    error_message = "somebody but the recorder writes into the ledger"
  }
  assert {
    condition     = alltrue([for key, role in local.store_roles : !startswith(key, "guard ") || key == "guard record"])
    error_message = "somebody but the recorder sees the guard"
  }
  assert {
    condition     = azurerm_storage_account.store["ledger"].blob_properties[0].versioning_enabled && azurerm_storage_account.store["ledger"].immutability_policy[0].state == "Unlocked" && azurerm_storage_account.store["ledger"].immutability_policy[0].period_since_creation_in_days == 3650
    error_message = "what lies in the ledger could be replaced without a trace"
  }
  assert {
    condition     = alltrue([for account in azurerm_storage_account.store : !account.allow_nested_items_to_be_public && !account.shared_access_key_enabled])
    error_message = "a store could become public, or has a key that works"
  }
  assert {
    condition     = length(azurerm_role_assignment.founder_writes) + length(azurerm_role_assignment.founder_signs) == 0
    error_message = "a founder has rights that nobody gave"
  }
}

run "keys_sign_and_each_has_one_signer" {
  assert {
    condition     = alltrue([for key in azurerm_key_vault_key.dayseal : key.key_type == "EC" && key.curve == "P-256" && key.key_opts == tolist(["sign"])])
    error_message = "a key does something else"
  }
  assert {
    condition     = { for name, grant in azurerm_role_assignment.signer : name => grant.principal_id } == { attestor = azurerm_user_assigned_identity.dayseal["attest"].principal_id, log = azurerm_user_assigned_identity.dayseal["record"].principal_id }
    error_message = "a key has another signer"
  }
  assert {
    condition     = azurerm_key_vault.dayseal.purge_protection_enabled && azurerm_key_vault.dayseal.rbac_authorization_enabled && azurerm_key_vault.dayseal.soft_delete_retention_days == 90
    error_message = "a key could be gone for good"
  }
  assert {
    condition     = !contains(azurerm_role_definition.key_maker.permissions[0].data_actions, "Microsoft.KeyVault/vaults/keys/sign/action")
    error_message = "whoever applies this can sign"
  }
}

run "a_founder_signs_and_writes_while_there_is_one" {
  variables {
    founder = "00000000-0000-0000-0000-00000000000c"
  }
  assert {
    condition     = toset(keys(azurerm_role_assignment.founder_writes)) == toset(["ledger", "guard"]) && toset(keys(azurerm_role_assignment.founder_signs)) == toset(["attestor", "log"])
    error_message = "a ledger could not be founded"
  }
}

run "terms_are_locked_when_that_is_said" {
  variables {
    lock = true
  }
  assert {
    condition     = azurerm_storage_container_immutability_policy.details.locked && azurerm_storage_account.store["ledger"].immutability_policy[0].state == "Locked"
    error_message = "somebody could shorten a term"
  }
}
