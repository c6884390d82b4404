// Signed-in pages: what visitors get, htmx, and the keys of the house.
import "htmx.org";
import "./public";
import { searchKey } from "./search";
import { tellZone } from "./zone";

searchKey(document);
tellZone(document);
