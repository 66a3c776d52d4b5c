update page
   set text = :text, fence = :fence
 where path = :path
   and fence <= :fence
